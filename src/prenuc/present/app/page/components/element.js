// Elements of a page in one line each. No attribute carries a style: the page's policy forbids it.

const SVG = "http://www.w3.org/2000/svg";

/** Make an HTML element: attributes by name, listeners as `onclick`, children as nodes or text. */
export function h(tag, attributes = {}, ...children) {
  return furnished(document.createElement(tag), attributes, children);
}

/** Make an SVG element, likewise. */
export function s(tag, attributes = {}, ...children) {
  return furnished(document.createElementNS(SVG, tag), attributes, children);
}

/** Set what differs, so that a redraw leaves focus and selection alone. */
export function update(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value == null || value === false) element.removeAttribute(name);
    else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value);
  }
  return element;
}

/** Set a text where it differs: setting it lays the page out anew. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function furnished(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.flat(2).filter((one) => one != null && one !== false));
  return element;
}

/** Call once after all changes of this turn; a hundred changes make one drawing. */
export function once(draw) {
  let due = false;
  return () => {
    if (due) return;
    due = true;
    queueMicrotask(() => {
      due = false;
      draw();
    });
  };
}
