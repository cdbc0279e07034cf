/** The description of the API in OpenAPI 3.1, made of the table. */
import * as z from 'zod';
import { errorSchema } from './errors.ts';
import { newsSchema } from './events.ts';
import type { Route } from './route.ts';
import { contentRoute } from './time.ts';

type Json = Readonly<Record<string, unknown>>;

/** https://spec.openapis.org/oas/v3.1.1.html */
export function openApi(routes: readonly Route[], version: string): Json {
  const paths = new Map<string, Record<string, Json>>();
  const add = (path: string, method: string, operation: Json): void => {
    paths.set(path, { ...paths.get(path), [method.toLowerCase()]: operation });
  };
  for (const route of routes) add(route.path, route.method, operationOf(route));
  add('/api/events', 'GET', EVENTS);
  add(contentRoute.path, contentRoute.method, contentOperation());
  return {
    openapi: '3.1.1',
    info: { title: 'Satchel', version, description: DESCRIPTION },
    security: [{ token: [] }, { session: [] }],
    paths: Object.fromEntries(paths),
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'From daemon.json in the home.' },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'satchel-session',
          description:
            'Of the page, by a link that works once. It holds below /session/<key> only, where the ' +
            'page asks and whose key it was given with the link.',
        },
      },
      responses: {
        Error: {
          description: 'What went wrong, in words.',
          content: json(answerSchema(errorSchema)),
        },
      },
    },
  };
}

const DESCRIPTION =
  'The API of the daemon, on this computer only. Every request may name a "home", the id of a ' +
  'repository, where the daemon serves several; the first is meant by default.';

const HOME = {
  type: 'string',
  description: 'The id of a repository; the first home by default.',
};

const EVENTS: Json = {
  operationId: 'events',
  summary: 'What happens, as it happens, as server-sent events. Each has JSON as its data.',
  parameters: [
    {
      name: 'Last-Event-ID',
      in: 'header',
      schema: { type: 'string' },
      description: 'The id of the last event seen: those after it come first.',
    },
  ],
  responses: {
    200: {
      description: 'News, until either side ends it.',
      content: { 'text/event-stream': { schema: answerSchema(newsSchema) } },
    },
    default: { $ref: '#/components/responses/Error' },
  },
};

function contentOperation(): Json {
  return {
    ...operationOf(contentRoute),
    responses: {
      200: {
        description: 'The content, and nothing else.',
        content: { 'application/octet-stream': {}, 'image/*': {} },
      },
      default: { $ref: '#/components/responses/Error' },
    },
  };
}

function operationOf(route: Route): Json {
  const input = z.toJSONSchema(route.input.strict(), { io: 'input' });
  const properties = { ...input.properties, home: HOME };
  const { required = [] } = input;
  const asked =
    route.method === 'GET'
      ? {
          parameters: Object.entries(properties).map(([name, schema]) => ({
            name,
            in: 'query',
            required: required.includes(name),
            schema,
          })),
        }
      : {
          requestBody: {
            required: required.length > 0,
            content: json({ type: 'object', properties, required, additionalProperties: false }),
          },
        };
  const conflict =
    route.conflict === undefined
      ? {}
      : {
          409: {
            description: 'It is other than the caller knows.',
            content: json({
              anyOf: [answerSchema(route.conflict), { $ref: ERROR_SCHEMA }],
            }),
          },
        };
  return {
    operationId: route.name,
    summary: route.isLocal === true ? `${route.summary} Over the socket only.` : route.summary,
    ...asked,
    responses: {
      200: { description: 'Done.', content: json(answerSchema(route.answer)) },
      ...conflict,
      default: { $ref: '#/components/responses/Error' },
    },
  };
}

const ERROR_SCHEMA = '#/components/responses/Error/content/application~1json/schema';

/** Answers get more fields as Satchel grows: whoever reads them has to let those pass. */
function answerSchema(schema: z.ZodType): Json {
  const { $schema: _, ...described } = z.toJSONSchema(schema, {
    io: 'output',
    override: ({ jsonSchema }) => {
      delete jsonSchema.additionalProperties;
    },
  });
  return described;
}

function json(schema: Json): Json {
  return { 'application/json': { schema } };
}
