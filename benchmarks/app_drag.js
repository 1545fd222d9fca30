// Issues the events of `make bench-app` and notes when what they asked for is painted.
async ({ constant, seconds, rate, releases }) => {
  const track = [...document.querySelectorAll('.dial')].find((one) =>
    one.querySelector('.dial-label').title === constant).querySelector('[role=slider]');
  const [stamps, latencies, exact, done] = [new Map(), [], [], []];
  const channel = new MessageChannel();
  let [now, releasing, resolve] = [0, null, null];
  channel.port1.onmessage = ({ data }) => {
    if (!stamps.has(data.number)) return;
    const latency = performance.now() - stamps.get(data.number);
    if (data.number === releasing) { done.push(latency); releasing = null; resolve(); return; }
    latencies.push(latency); exact.push(data.exact);
  };
  document.addEventListener('prenuc:asked', ({ detail }) => {
    stamps.set(detail.number, now);
    if (releasing === -1) releasing = detail.number;
  });
  document.addEventListener('prenuc:painted', ({ detail }) => channel.port2.postMessage(detail));
  const box = track.getBoundingClientRect();
  const event = (kind, place) => {
    const made = new PointerEvent(kind, { bubbles: true, button: 0, pointerId: 1,
      clientX: box.left + box.width * place, clientY: box.top + box.height / 2 });
    now = made.timeStamp;
    track.dispatchEvent(made);
  };
  const place = (share) => 0.5 + 0.4 * Math.sin(6 * Math.PI * share);
  const rest = (ms) => new Promise((go) => setTimeout(go, ms));
  event('pointerdown', 0.5);
  const began = performance.now();
  const issued = await new Promise((go) => {
    let count = 0;
    const tick = () => {
      const spent = performance.now() - began;
      if (spent > seconds * 1000) return go(count);
      while (count < spent / 1000 * rate) event('pointermove', place(count++ / (seconds * rate)));
      setTimeout(tick, Math.max(0, (count * 1000) / rate - (performance.now() - began)));
    };
    tick();
  });
  const painted = latencies.length;
  await rest(300);
  for (let at = 0; at < releases; at += 1) {
    event('pointermove', 0.3 + 0.04 * at);
    await rest(100);
    const over = new Promise((go) => (resolve = go));
    releasing = -1;
    event('pointerup', 0);
    await over;
    await rest(200);
    event('pointerdown', 0.3 + 0.04 * at);
  }
  releasing = null;
  event('pointerup', 0);
  return { issued, painted, latencies: latencies.slice(0, painted), exact: exact.slice(0, painted), done };
}
