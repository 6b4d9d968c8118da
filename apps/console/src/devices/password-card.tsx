import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api/call.js';
import type { Receipt } from '../api/contracts.js';
import { useStepUp } from '../session/step-up.js';
import { Field } from '../ui/field.js';
import { Form } from '../ui/form.js';
import { Problem } from '../ui/problem.js';
import { ReceiptNotice } from '../ui/receipt-notice.js';

/** A new password. It wants a fresh proof of the old one, and ends every other session. */
export function PasswordCard() {
  const client = useQueryClient();
  const withStepUp = useStepUp();
  const [newPassword, setNewPassword] = useState('');
  const change = useMutation({
    mutationFn: () => withStepUp(() => call<Receipt>('POST', '/auth/password', { body: { newPassword } })),
    onSuccess: () => {
      setNewPassword('');
      return client.invalidateQueries({ queryKey: ['devices'] });
    },
  });
  return (
    <section className="card stack" aria-labelledby="password">
      <h2 id="password">Change the password</h2>
      <Form onSubmit={() => change.mutate()} className="inline-form">
        <Field
          label="New password"
          type="password"
          autoComplete="new-password"
          hint="All other sessions end with it."
          minLength={12}
          value={newPassword}
          onChange={setNewPassword}
        />
        <button className="button" disabled={change.isPending}>
          Change
        </button>
      </Form>
      {change.data && <ReceiptNotice receipt={change.data} onClose={change.reset} />}
      {change.error && <Problem error={change.error} />}
    </section>
  );
}
