// A drawing follows its model and the theme.

import { onTheme } from "./colours.js";
import { once } from "./element.js";

/** Draw now, and again, once a turn, when one of these keys or the theme changes; returns how to stop. */
export function following(model, keys, draw) {
  const redraw = once(draw);
  const heard = keys.map((key) => `change:${key}`);
  for (const one of heard) model.on(one, redraw);
  const unthemed = onTheme(redraw);
  draw();
  return () => {
    for (const one of heard) model.off(one, redraw);
    unthemed();
  };
}
