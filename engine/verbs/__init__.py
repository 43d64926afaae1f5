"""What can be asked of the engine: one short method a verb, a class a noun; `engine.engine.Engine` is all of them."""
