import { preferencesSchema } from '@holdfast/contracts';
import { defineNamespace } from '@holdfast/session-core';

/** What a session prefers, as this service writes it. Others read it by definitions of their own: keep a copy for them. */
export const preferencesNamespace = defineNamespace({
  name: 'user',
  owner: 'user',
  schema: preferencesSchema,
});
