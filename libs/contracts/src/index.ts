export {
  displayNameSchema,
  emailSchema,
  loginSchema,
  newPasswordSchema,
  PASSWORD_LENGTH,
  registeredSchema,
  registerSchema,
} from './account.js';
export {
  authRoutes,
  receiptSchema,
  sessionListSchema,
  sessionPathSchema,
  sessionViewSchema,
} from './auth.js';
export {
  jwksSchema,
  metadataSchema,
  oauthErrorSchema,
  PUBLIC_CLIENT_ID,
  revokeFormSchema,
  tokenAnswerSchema,
  tokenFormSchema,
} from './oauth.js';
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
export { DEFAULT_PAGE_LIMIT, nextCursor, pageQuery, type PageQuery } from './pagination.js';
export { endedBecauseSchema, problemSchema } from './problem.js';
export { route, routeErrors, type RouteAccess, type RouteContract } from './route.js';
export { allRoutes } from './routes.js';
export {
  preferencesSchema,
  profileParams,
  profileSeedBody,
  updateMeBody,
  updatePreferencesBody,
  userRoutes,
  userSchema,
  type Preferences,
  type ProfileSeed,
  type UpdateMe,
  type User,
} from './user.js';
