import { useMutation, useQueryClient } from '@tanstack/react-query';
import { call } from '../api/call.js';
import { go } from '../router/use-place.js';
import { startOver } from './use-session.js';

/** What somebody signs in with. */
export interface Credentials {
  readonly email: string;
  readonly password: string;
  /** Where the account has a second factor. */
  readonly code?: string;
  readonly rememberMe?: boolean;
}

/** Signs in: the cookie takes the place of a guest's, whose cart comes along. Then goes to `next`. */
export function useSignIn(next: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ code = '', ...credentials }: Credentials) =>
      call('POST', '/auth/login', {
        body: { ...credentials, transport: 'cookie', ...(code !== '' && { code }) },
      }),
    onSuccess: async () => {
      await startOver(client);
      go(next);
    },
  });
}
