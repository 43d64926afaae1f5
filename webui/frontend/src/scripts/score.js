// The weighted total of a score sheet while it is filled; the server computes the one that counts.
export function sumScores(form) {
  form.querySelectorAll('[data-score]').forEach((sheet) => {
    const total = sheet.querySelector('output');
    if (!total) return;
    function sum() {
      let weights = 0;
      let points = 0;
      for (const input of sheet.querySelectorAll('input[data-weight]')) {
        if (input.value === '') { total.textContent = '–'; return; }
        weights += Number(input.dataset.weight);
        points += Number(input.value) * Number(input.dataset.weight);
      }
      total.textContent = weights ? (points / weights).toFixed(2) : '–';
    }
    sheet.addEventListener('input', sum);
    sum();
  });
}
