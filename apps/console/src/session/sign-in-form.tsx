import { useState } from 'react';
import { codeOf } from '../api/problem.js';
import { Field } from '../ui/field.js';
import { Form } from '../ui/form.js';
import { Problem } from '../ui/problem.js';
import { CodeField } from './code-field.js';
import { useSignIn } from './use-sign-in.js';

/** E-mail and password; a code where the account has a second factor. */
export function SignInForm({ next }: { readonly next: string }) {
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [rememberMe, setRememberMe] = useState(false);
  const signIn = useSignIn(next);
  const isAskedForCode = codeOf(signIn.error) === 'ERR_STEP_UP_REQUIRED';
  const hasCode = code !== '';
  return (
    <Form onSubmit={() => signIn.mutate({ email, password, code, rememberMe })}>
      <Field
        label="E-mail"
        type="email"
        autoComplete="username"
        value={email}
        onChange={setEmail}
        autoFocus
      />
      <Field
        label="Password"
        type="password"
        autoComplete="current-password"
        value={password}
        onChange={setPassword}
      />
      {(isAskedForCode || hasCode) && <CodeField value={code} onChange={setCode} />}
      <label className="check">
        <input
          type="checkbox"
          checked={rememberMe}
          onChange={(event) => setRememberMe(event.target.checked)}
        />
        Keep me signed in for 30 days
      </label>
      {signIn.error && (!isAskedForCode || hasCode) && <Problem error={signIn.error} />}
      <button className="button primary" disabled={signIn.isPending}>
        {signIn.isPending ? 'Signing in …' : 'Sign in'}
      </button>
    </Form>
  );
}
