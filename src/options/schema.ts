import type { AnalysisOptions } from './options';
import { parseOptions } from './parse';
import { OPTIONS, SIDECAR_OPTIONS } from './table';
import type { OptionRow } from './table';

type SchemaType = 'string' | 'integer' | 'number' | 'boolean' | 'array' | 'object' | 'null';

/** A JSON schema of one value, which the editor shows while the user types. */
export interface ValueSchema {
  type: SchemaType | readonly SchemaType[];
  description: string;
  enum?: readonly string[];
  minimum?: number;
  maximum?: number;
  default?: unknown;
  items?: { type: 'string'; enum?: readonly string[] };
  additionalProperties?: { type: readonly SchemaType[] };
  uniqueItems?: boolean;
}

/** Patterns of the keys that are comments in a sidecar file. */
const COMMENT_KEYS = '^(?:\\$schema$|//|_)';

/** The schema of `MODEL.landscape.json`, saved as `media/landscape.schema.json`. */
export function sidecarSchema(): object {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Ridgeline: how to analyse a model',
    description: 'Options for the model beside this file. Paths are relative to this file.',
    type: 'object',
    properties: Object.fromEntries(SIDECAR_OPTIONS.map((row) => [row.name, sidecarValue(row)])),
    patternProperties: { [COMMENT_KEYS]: {} },
    additionalProperties: false,
  };
}

/** `contributes.configuration.properties` of package.json for the options that are settings. */
export function settingsSchema(): Record<string, ValueSchema> {
  return Object.fromEntries(settings.map((row) => [`ridgeline.${row.name}`, settingSchema(row)]));
}

/**
 * Reads the options that the user set in the editor. An unset option is null or an empty list there, and is left out
 * here.
 * @param read returns a setting's value by its name without prefix
 * @throws UserError naming the setting
 */
export function optionsFromSettings(read: (name: string) => unknown): AnalysisOptions {
  const set = settings.flatMap(({ name }) => {
    const value = read(name);
    return value === undefined || value === null || (Array.isArray(value) && value.length === 0) ? [] : [[name, value]];
  });
  return parseOptions(Object.fromEntries(set), 'settings, ridgeline');
}

const settings = OPTIONS.filter((row) => row.setting);

/**
 * Builds a setting's schema. The editor gives settings without a default 0 or "", so "not set" is null or [] instead.
 */
function settingSchema(row: OptionRow): ValueSchema {
  const schema = valueSchema(row);
  if (row.default !== undefined) return schema;
  if (row.kind === 'list' || row.kind === 'choices') return { ...schema, type: 'array', default: [] };
  return { ...schema, type: [schema.type as SchemaType, 'null'], default: null };
}

/** What a sidecar file allows besides, and what the editor tells there while the user types. */
function sidecarValue(row: OptionRow): object {
  const schema = valueSchema(row);
  const { choices, meanings, examples } = row;
  const choice = choices && { enum: choices, ...(meanings && { enumDescriptions: choices.map((id) => meanings[id]) }) };
  const text = { type: 'string', minLength: 1, ...(examples && { examples }) };
  // A single text stands for a list of one.
  const listOf = (item: object, unique = {}): object => ({
    description: row.help,
    anyOf: [{ type: 'array', items: item, ...unique }, item],
  });
  switch (row.kind) {
    case 'text':
    case 'path':
      return { ...schema, ...text };
    case 'choice':
      return { ...schema, ...choice };
    case 'choices':
      return listOf({ type: 'string', ...choice }, { uniqueItems: true });
    case 'list':
      return listOf(text);
    default:
      return schema;
  }
}

function valueSchema(row: OptionRow): ValueSchema {
  const { help: description, choices, min: minimum, max: maximum } = row;
  const shared = { description, ...(row.default === undefined ? {} : { default: row.default }) };
  switch (row.kind) {
    case 'text':
    case 'path':
      return { type: 'string', ...shared };
    case 'choice':
      return { type: 'string', ...shared, enum: choices! };
    case 'integer':
    case 'number':
      return {
        type: row.kind,
        ...shared,
        ...(minimum === undefined ? {} : { minimum }),
        ...(maximum === undefined ? {} : { maximum }),
      };
    case 'flag':
      return { type: 'boolean', ...shared };
    case 'choices':
      return { type: 'array', ...shared, items: { type: 'string', enum: choices! }, uniqueItems: true };
    case 'list':
      return { type: ['array', 'string'], ...shared, items: { type: 'string' } };
    case 'map':
      return { type: 'object', ...shared, additionalProperties: { type: ['string', 'number', 'boolean', 'array'] } };
  }
}
