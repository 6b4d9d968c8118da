import { openApiDocument } from '@holdfast/contracts';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';

/** The merged OpenAPI document of all services, for people at `/docs` and for programs at `/docs/json`. */
export function serveDocs(app: NestFastifyApplication, publicUrl: string): void {
  // The contract's own types are stricter than Swagger's, not different.
  const document = openApiDocument(publicUrl) as unknown as OpenAPIObject;
  SwaggerModule.setup('docs', app, document, {
    jsonDocumentUrl: 'docs/json',
    customSiteTitle: 'Holdfast API',
  });
}
