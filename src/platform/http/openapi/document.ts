import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import type { OpenAPIObject } from '@nestjs/swagger';
import { addParts } from '../wire/part.js';

const HMAC_DOC =
  'Authorization: <type> <mac>, with type Metal-View, Metal-Edit or Metal-Admin, and mac the hex HMAC-SHA256 of ' +
  'X-Date (UTC, seconds), method and X-Data-Salt; both headers are sent along. For programs: a browser cannot sign.';

/** The OpenAPI 3 document of all routes; paths are relative to the base path. */
export function openApiDocument(app: INestApplication, basePath: string, version: string): OpenAPIObject {
  const head = new DocumentBuilder()
    .setTitle('metal-api')
    .setDescription('API to manage and control plane resources like machines, switches, operating system images, …')
    .setVersion(version)
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addServer(basePath.replace(/\/$/, '') || '/')
    .addApiKey({ type: 'apiKey', in: 'header', name: 'Authorization', description: HMAC_DOC }, 'HMAC')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'paste a token' }, 'jwt')
    .addSecurityRequirements('HMAC')
    .addSecurityRequirements('jwt')
    .build();
  return addParts(SwaggerModule.createDocument(app, head, { ignoreGlobalPrefix: true }));
}
