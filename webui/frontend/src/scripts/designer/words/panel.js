export const PANEL = {};
