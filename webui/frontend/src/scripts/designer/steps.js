// Undo and redo of a file as text: one step a change, what is typed within a second together.
const TOGETHER = 1000; // milliseconds
const MOST = 300;

export class Steps {
  constructor(text) {
    this.past = [];
    this.now = text;
    this.future = [];
    this.typed = 0;
  }

  put(text, typing = false) {
    if (text === this.now) return;
    const soon = typing && Date.now() - this.typed < TOGETHER;
    if (!soon) this.past = [...this.past.slice(-MOST), this.now];
    this.typed = typing ? Date.now() : 0;
    this.now = text;
    this.future = [];
  }

  undo() { return this.turn('past', 'future'); }

  redo() { return this.turn('future', 'past'); }

  turn(from, to) {
    if (!this[from].length) return null;
    this[to] = [...this[to], this.now];
    this.now = this[from].at(-1);
    this[from] = this[from].slice(0, -1);
    this.typed = 0;
    return this.now;
  }
}
