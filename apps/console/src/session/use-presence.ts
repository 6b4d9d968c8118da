import { useEffect, useState } from 'react';

const INPUTS = ['pointerdown', 'pointermove', 'keydown', 'scroll', 'visibilitychange'] as const;
/** Without a hand on the page for so long nobody is there. */
const ALONE_AFTER_MS = 5 * 60_000;
const LOOK_EVERY_MS = 5_000;

/**
 * Whether somebody looks at the page. What asks by itself stops where nobody does: each request would count as
 * activity, and a session that a forgotten tab keeps alive never ends by idleness.
 */
export function usePresence(): boolean {
  const [isPresent, setPresent] = useState(true);
  useEffect(() => {
    let lastInput = Date.now();
    const look = () => {
      setPresent(document.visibilityState === 'visible' && Date.now() - lastInput < ALONE_AFTER_MS);
    };
    const note = () => {
      lastInput = Date.now();
      look();
    };
    for (const name of INPUTS) document.addEventListener(name, note, { passive: true });
    const timer = setInterval(look, LOOK_EVERY_MS);
    return () => {
      clearInterval(timer);
      for (const name of INPUTS) document.removeEventListener(name, note);
    };
  }, []);
  return isPresent;
}
