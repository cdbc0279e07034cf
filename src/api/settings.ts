/** Settings of the device and of collections, and what collections leave out. */
import * as z from 'zod';
import { route } from './route.ts';
import { collectionSchema } from './values.ts';

/** What `settings --json` prints, one for each setting. */
export const shownSettingSchema = z.object({
  name: z.string(),
  /** The collection's name; left out for a setting of the device. */
  collection: z.string().optional(),
  /** As a person writes it. */
  value: z.string(),
  isStandard: z.boolean(),
  means: z.string(),
  values: z.string(),
  /** True where it is the same on all devices. */
  shared: z.boolean(),
});
export type ShownSetting = z.infer<typeof shownSettingSchema>;

export const settingsRoute = route({
  name: 'settings',
  method: 'GET',
  path: '/api/settings',
  summary: 'The settings of the device, or of a collection.',
  input: z.object({ collection: collectionSchema.optional() }),
  answer: z.array(shownSettingSchema).readonly(),
});

export const changeSettingsRoute = route({
  name: 'changeSettings',
  method: 'POST',
  path: '/api/settings',
  summary: 'Changes settings, all or none.',
  input: z.object({
    collection: collectionSchema.optional(),
    changes: z
      // The value `default` stands for the one that a setting had at first.
      .array(z.object({ name: z.string(), value: z.string().max(4096) }))
      .min(1)
      .readonly(),
  }),
  answer: z.array(shownSettingSchema).readonly(),
});

export const exportSettingsRoute = route({
  name: 'exportSettings',
  method: 'GET',
  path: '/api/settings/export',
  summary: 'All settings as text, without secrets.',
  input: z.object({}),
  answer: z.object({ fileName: z.string(), text: z.string() }),
});

export const ignoreRulesRoute = route({
  name: 'ignoreRules',
  method: 'GET',
  path: '/api/settings/ignore',
  summary:
    'What a collection leaves out: the rules of its .satchelignore, and those that always hold.',
  input: z.object({ collection: collectionSchema }),
  answer: z.object({
    /** The content of `.satchelignore`, in the syntax of gitignore; null where there is no such file. */
    rules: z.string().nullable(),
    /** Goes with the rules when they are changed; null where there are none. */
    rev: z.number().nullable(),
    /** Patterns that hold before them. */
    standard: z.array(z.string()).readonly(),
  }),
});

const RULES_MAX_LENGTH = 100_000;

export const changeIgnoreRulesRoute = route({
  name: 'changeIgnoreRules',
  method: 'POST',
  path: '/api/settings/ignore',
  summary: 'Writes the .satchelignore of a collection: it is carried to all devices.',
  input: z.object({
    collection: collectionSchema,
    rules: z.string().max(RULES_MAX_LENGTH),
    /** As `ignoreRules` told it: rules that were changed meanwhile are not overwritten. */
    rev: z.number().nullable(),
  }),
  answer: z.object({ rev: z.number() }),
});

const previewedFilesSchema = z.object({
  files: z.number(),
  bytes: z.number(),
  /** The first of them, in order. */
  paths: z.array(z.string()).readonly(),
});

export const ignorePreviewSchema = z.object({
  /** Files that the present rules carry, and these would leave out. */
  leaving: previewedFilesSchema.extend({
    /** How many of them other devices have already. They stay there, and follow no change any more. */
    carried: z.number(),
  }),
  /** Files that the present rules leave out, and these would carry. */
  joining: previewedFilesSchema,
  /** All that these rules leave out. A folder that stays out as a whole is one, with `/` at its end. */
  out: z.object({ count: z.number(), paths: z.array(z.string()).readonly() }),
  /** Lines that match nothing, and why. */
  problems: z.array(z.object({ line: z.number(), message: z.string() })).readonly(),
});
export type IgnorePreview = z.infer<typeof ignorePreviewSchema>;

export const ignorePreviewRoute = route({
  name: 'ignorePreview',
  method: 'POST',
  path: '/api/settings/ignore/preview',
  summary: 'What ignore rules would change, of what is in the folder now. Nothing is written.',
  input: z.object({ collection: collectionSchema, rules: z.string().max(RULES_MAX_LENGTH) }),
  answer: ignorePreviewSchema,
});
