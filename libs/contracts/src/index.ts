export {
  displayNameSchema,
  emailSchema,
  newPasswordSchema,
  PASSWORD_LENGTH,
  passwordResetConfirmSchema,
  passwordResetSchema,
  passwordSchema,
  registeredSchema,
  registerSchema,
} from './account.js';
export {
  accountSchema,
  keysRotatedSchema,
  platformSessionsQuery,
  rolesSchema,
  userIdPath,
  type UserIdPath,
} from './administration.js';
export {
  anomaliesQuery,
  auditActionBody,
  auditQuery,
  type AnomaliesQuery,
  type AuditQuery,
} from './audit.js';
export {
  activityEventSchema,
  activityPageSchema,
  ACTIVITY_EVENTS,
  anomalyActionSchema,
  anomalyPageSchema,
  anomalySchema,
  auditEventSchema,
  auditOutcomeSchema,
  auditPageSchema,
  auditTypeSchema,
  DETECTORS,
  SECURITY_EVENTS,
  severitySchema,
} from './audit-events.js';
export { authRoutes } from './auth.js';
export {
  accountsLookupAnswerSchema,
  accountsLookupBody,
  exchangeAnswerSchema,
  exchangeBody,
  sessionDataAnswerSchema,
  sessionDataBody,
  type AccountsLookupAnswer,
} from './internal.js';
export {
  BROWSER_CLIENT_ID,
  INTERNAL_SCOPE,
  METRICS_CLIENT_ID,
  METRICS_SCOPE,
  type ClientScope,
  introspectionAnswerSchema,
  introspectionFormSchema,
  jwksSchema,
  metadataSchema,
  oauthErrorSchema,
  PUBLIC_CLIENT_ID,
  revokeFormSchema,
  serviceTokenAnswerSchema,
  tokenAnswerSchema,
  tokenFormSchema,
} from './oauth.js';
export { isPermitted, PERMISSIONS, ROLES, type Permission, type Role } from './permissions.js';
export { recoveryCodesSchema, totpConfirmSchema, totpEnrolmentSchema } from './second-factor.js';
export {
  clearedSessionCookie,
  clearedSessionDataCookie,
  SESSION_COOKIE,
  SESSION_DATA_COOKIE,
  SESSION_DATA_HEADER,
  sessionCookie,
  sessionDataCookie,
} from './session-cookie.js';
export {
  platformSessionListSchema,
  receiptSchema,
  sessionListSchema,
  sessionPathSchema,
  sessionViewSchema,
} from './sessions.js';
export {
  cookieAnswerSchema,
  guestSchema,
  loginSchema,
  presentedPasswordSchema,
  secondFactorCodeSchema,
  signedInSchema,
  stepUpSchema,
  transportSchema,
} from './sign-in.js';
export {
  CodedError,
  ERRORS,
  problemDocument,
  type ErrorCode,
  type ProblemDocument,
  type ProblemExtensions,
} from './errors.js';
export {
  addQuantityBody,
  cartItemParams,
  cartSchema,
  productIdSchema,
  productListSchema,
  productSchema,
  setQuantityBody,
  type AddQuantity,
  type Cart,
  type CartItemParams,
  type Product,
  type SetQuantity,
} from './cart.js';
export type { JsonSchema } from './json-schemas.js';
export { currencySchema, localeSchema } from './locale.js';
export { openApiDocument } from './openapi.js';
export type {
  OpenApiDocument,
  OpenApiMediaType,
  OpenApiOperation,
  OpenApiParameter,
  OpenApiReference,
  OpenApiResponse,
} from './openapi-document.js';
export {
  IDEMPOTENCY_WINDOW_MS,
  idempotencyKeySchema,
  orderPageSchema,
  orderParams,
  orderRoutes,
  orderSchema,
  placeOrderBody,
  placeOrderHeaders,
  type Order,
  type OrderPage,
  type OrderParams,
  type PlaceOrder,
} from './order.js';
export {
  BALANCER_POLICIES,
  balancerChangedSchema,
  balancerSchema,
  drainSchema,
  faultAcceptedSchema,
  faultSchema,
  operationsRoutes,
  PLATFORM_EVENTS,
  platformEventSchema,
  processPath,
  topologySchema,
  type Balancer,
  type Fault,
  type PlatformEventType,
  type ProcessPath,
  type Topology,
} from './operations.js';
export {
  badCursor,
  cursorOf,
  DEFAULT_PAGE_LIMIT,
  idOfCursor,
  nextCursor,
  pageQuery,
  pageQueryUpTo,
  type PageQuery,
} from './pagination.js';
export { endedBecauseSchema, problemCodeOf, problemSchema } from './problem.js';
export {
  boundsItself,
  isOAuthRoute,
  needsSession,
  permissionOf,
  policyOf,
  priorityOf,
  route,
  routeErrors,
  type RouteAccess,
  type RouteContract,
  type RoutePolicy,
  type RoutePriority,
} from './route.js';
export { allRoutes } from './routes.js';
export {
  preferencesSchema,
  profileParams,
  profileSeedBody,
  updateMeBody,
  updatePreferencesBody,
  userPageSchema,
  userRoutes,
  userSchema,
  type Preferences,
  type ProfileSeed,
  type UpdateMe,
  type User,
  type UserPage,
} from './user.js';
