// Focus stays near: what has it may be removed, hidden or switched off by what it does, such as a mask or Undo.

const TAKING = 'a[href], button, input, select, textarea, summary, [tabindex="0"]';

/** Keep focus within `root`: it goes to the nearest that can have it, or to `home`, once what had it cannot. */
export function keptNear(root, home) {
  let order = []; // what could have focus, when it was given last
  let place = -1; // of what has it

  root.addEventListener("focusin", ({ target }) => {
    order = [...root.querySelectorAll(TAKING)];
    place = order.indexOf(target);
  });

  function look() {
    if (place < 0 || there(order[place])) return;
    if (document.activeElement !== document.body && document.activeElement !== order[place]) return;
    const near = order.map((_, at) => at).sort((one, other) => apart(one) - apart(other));
    const next = order[near.find((at) => able(order[at]))] ?? home;
    next.focus({ preventScroll: true });
  }

  const apart = (at) => Math.abs(at - place - 0.1); // what follows before what precedes
  new MutationObserver(look).observe(root, {
    subtree: true,
    childList: true,
    attributeFilter: ["hidden", "disabled"],
  });
}

const there = (one) => one.isConnected && !one.disabled && !one.closest("[hidden]"); // without a layout
const able = (one) => there(one) && one.checkVisibility({ visibilityProperty: true });
