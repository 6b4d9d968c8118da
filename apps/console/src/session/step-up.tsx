import { createContext, useCallback, useContext, useRef, useState, type ReactNode } from 'react';
import { codeOf } from '../api/problem.js';
import { GivenUp } from './given-up.js';
import { StepUpDialog } from './step-up-dialog.js';

/** Does something; where the platform wants a fresher proof first, asks for the password and does it again. */
export type WithStepUp = <T>(act: () => Promise<T>) => Promise<T>;

const Context = createContext<WithStepUp>((act) => act());

/** See `WithStepUp`. */
export function useStepUp(): WithStepUp {
  return useContext(Context);
}

/** Holds the one dialog that asks. */
export function StepUpProvider({ children }: { readonly children: ReactNode }) {
  const [isAsking, setAsking] = useState(false);
  const settle = useRef<(proven: boolean) => void>(() => undefined);
  const withStepUp = useCallback<WithStepUp>(async (act) => {
    try {
      return await act();
    } catch (error) {
      if (codeOf(error) !== 'ERR_STEP_UP_REQUIRED') throw error;
    }
    const proven = await new Promise<boolean>((resolve) => {
      settle.current = resolve;
      setAsking(true);
    });
    setAsking(false);
    if (!proven) throw new GivenUp();
    return act();
  }, []);
  return (
    <Context value={withStepUp}>
      {children}
      {isAsking && <StepUpDialog onDone={(proven) => settle.current(proven)} />}
    </Context>
  );
}
