// A figure of the package, an SVG as text, shown as a picture: nothing in it can run or be fetched.

import { h } from "./element.js";

/** Make an element of an SVG, with what is to be said of it. */
export function figureOf(text, label) {
  const address = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
  const picture = h("img", { class: "figure", src: address, alt: label });
  picture.addEventListener("load", () => URL.revokeObjectURL(address));
  return picture;
}
