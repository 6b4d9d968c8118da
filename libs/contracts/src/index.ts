export {
  CodedError,
  ERRORS,
  problemDocument,
  type ErrorCode,
  type ProblemDocument,
  type ProblemExtensions,
} from './errors.js';
export { route, type RouteAccess, type RouteContract } from './route.js';
