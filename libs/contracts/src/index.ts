export {
  authRoutes,
  displayNameSchema,
  emailSchema,
  jwksSchema,
  loginSchema,
  metadataSchema,
  newPasswordSchema,
  oauthErrorSchema,
  PASSWORD_LENGTH,
  PUBLIC_CLIENT_ID,
  receiptSchema,
  registeredSchema,
  registerSchema,
  revokeFormSchema,
  sessionListSchema,
  sessionPathSchema,
  sessionViewSchema,
  tokenAnswerSchema,
  tokenFormSchema,
} from './auth.js';
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
