import { useMutation } from '@tanstack/react-query';
import { call } from '../api/call.js';
import { useStepUp } from '../session/step-up.js';
import { Icon } from '../ui/icon.js';
import { Problem } from '../ui/problem.js';

/** Publishes the next signing key. It begins to sign once every verifier can know it: nobody is refused. */
export function RotateKey() {
  const withStepUp = useStepUp();
  const rotate = useMutation({ mutationFn: () => withStepUp(() => call('POST', '/platform/keys/rotate')) });
  return (
    <>
      <button type="button" className="button" disabled={rotate.isPending} onClick={() => rotate.mutate()}>
        <Icon name="key" size={16} />
        {rotate.isSuccess ? 'Key published' : 'Rotate signing key'}
      </button>
      {rotate.error && <Problem error={rotate.error} />}
    </>
  );
}
