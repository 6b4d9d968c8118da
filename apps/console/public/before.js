// What must happen before the first paint and the first script. A file of its own: the page allows no inline script.

// A chosen theme never flashes.
try {
  const theme = localStorage.getItem('holdfast.theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // Storage is blocked: the system's theme it is.
}

// During a rollout the page may come from one gateway and its files be asked of another, which has not got them (yet).
let failed = false;
addEventListener(
  'error',
  ({ target }) => {
    if (failed || !(target instanceof HTMLScriptElement || target instanceof HTMLLinkElement)) return;
    failed = true;
    const tries = Number(sessionStorage.getItem('holdfast.tries') ?? 0);
    if (tries >= 10) return;
    sessionStorage.setItem('holdfast.tries', String(tries + 1));
    setTimeout(() => location.reload(), 1_000);
  },
  true,
);
