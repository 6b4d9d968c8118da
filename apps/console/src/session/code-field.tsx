import { Field } from '../ui/field.js';

interface CodeFieldProps {
  readonly value: string;
  readonly onChange: (code: string) => void;
}

/** Where a code of the second factor is typed. */
export function CodeField({ value, onChange }: CodeFieldProps) {
  return (
    <Field
      label="Code of your second factor"
      autoComplete="one-time-code"
      hint="Six digits of your authenticator app, or a recovery code."
      value={value}
      onChange={onChange}
      autoFocus
    />
  );
}
