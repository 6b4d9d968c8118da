import type {
  accountSchema,
  ErrorCode,
  orderPageSchema,
  platformSessionListSchema,
  receiptSchema,
  sessionListSchema,
  sessionViewSchema,
} from '@holdfast/contracts';
import type { z } from 'zod';

// Types only: the schemas themselves, and Zod with them, stay out of what browsers load.
export type { Cart, Order, Product, User, UserPage } from '@holdfast/contracts';

/** Why a session ended; `undefined` members are for codes that this build does not know. */
export type SessionView = z.output<typeof sessionViewSchema>;
export type SessionList = z.output<typeof sessionListSchema>;
export type Device = SessionList['sessions'][number];
export type InspectedSessionList = z.output<typeof platformSessionListSchema>;
export type InspectedSession = InspectedSessionList['sessions'][number];
export type EndedDevice = SessionList['ended'][number];
export type EndedBecause = EndedDevice['endedBecause'];
export type Receipt = z.output<typeof receiptSchema>;
export type Account = z.output<typeof accountSchema>;
export type OrderPage = z.output<typeof orderPageSchema>;
/** A stable code of the platform, or what a browser says when nobody answered. */
export type ProblemCode = ErrorCode | 'NO_ANSWER';
