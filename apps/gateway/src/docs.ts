import { openApiDocument } from '@holdfast/contracts';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';

const PATH = 'docs';

/**
 * What Swagger's page needs and nothing more: its own scripts, styles (React writes some into elements), pictures that
 * lie in its stylesheet, and requests to the platform it came from.
 */
export const DOCS_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join(';');

/** Whether a path is the documentation's: the page, its files, the document. */
export function isDocs(path: string): boolean {
  return path === `/${PATH}` || path.startsWith(`/${PATH}/`);
}

/** The merged OpenAPI document of all services, for people at `/docs` and for programs at `/docs/json`. */
export function serveDocs(app: NestFastifyApplication, publicUrl: string): void {
  // The contract's own types are stricter than Swagger's, not different.
  const document = openApiDocument(publicUrl) as unknown as OpenAPIObject;
  SwaggerModule.setup(PATH, app, document, {
    jsonDocumentUrl: `${PATH}/json`,
    yamlDocumentUrl: `${PATH}/yaml`,
    customSiteTitle: 'Holdfast API',
  });
}
