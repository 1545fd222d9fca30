// What holds the values of a drawing component: the part of anywidget's model that they use.

class Model {
  #values;
  #heard = new Map();

  constructor(values) {
    this.#values = { ...values };
  }

  get(name) {
    return this.#values[name];
  }

  /** Set a value; whoever listens to "change:name" or "change" hears of it at once. */
  set(name, value) {
    if (Object.is(this.#values[name], value)) return;
    this.#values[name] = value;
    for (const event of [`change:${name}`, "change"])
      for (const hear of [...(this.#heard.get(event) ?? [])]) hear(value);
  }

  on(event, hear) {
    if (!this.#heard.has(event)) this.#heard.set(event, new Set());
    this.#heard.get(event).add(hear);
  }

  off(event, hear) {
    this.#heard.get(event)?.delete(hear);
  }

  /** In a notebook this sends what was set to Python; here whoever listens has heard already. */
  save_changes() {}
}

/** Draw a component into an element; returns its model, with `close()` to take it away. */
export function place(component, el, values = {}) {
  const model = new Model(values);
  const close = component.render({ model, el });
  model.close = () => close?.();
  return model;
}
