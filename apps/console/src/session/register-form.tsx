import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api/call.js';
import { Field } from '../ui/field.js';
import { Form } from '../ui/form.js';
import { Problem } from '../ui/problem.js';
import { useSignIn } from './use-sign-in.js';

/** A new account, signed in at once. */
export function RegisterForm({ next }: { readonly next: string }) {
  const [displayName, setDisplayName] = useState('');
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const signIn = useSignIn(next);
  const register = useMutation({
    mutationFn: () => call('POST', '/auth/register', { body: { displayName, email, password } }),
    onSuccess: () => signIn.mutateAsync({ email, password }),
  });
  return (
    <Form onSubmit={() => register.mutate()}>
      <Field label="Name" autoComplete="name" value={displayName} onChange={setDisplayName} autoFocus />
      <Field label="E-mail" type="email" autoComplete="username" value={email} onChange={setEmail} />
      <Field
        label="Password"
        type="password"
        autoComplete="new-password"
        hint="12 characters or more; a sentence is good."
        minLength={12}
        value={password}
        onChange={setPassword}
      />
      {register.error && <Problem error={register.error} />}
      <button className="button primary" disabled={register.isPending}>
        {register.isPending ? 'Creating …' : 'Create account'}
      </button>
    </Form>
  );
}
