/** The collections of the repository: which, what is in them, and which of them are here. */
import type {
  addCollectionRoute,
  attachCollectionRoute,
  collectionsRoute,
  detachCollectionRoute,
  lookRoute,
  lookTextRoute,
  lookVersionsRoute,
  readCollectionsRoute,
  relistCollectionRoute,
  removeCollectionRoute,
  renameCollectionRoute,
} from '../../api/collections.ts';
import { typedFolder } from '../../app/browse-folders.ts';
import { findCollection, hasCollection } from '../../app/collection-list.ts';
import { inWords } from '../../app/collection-reader.ts';
import {
  addCollection as addIn,
  attachCollection as attachIn,
  detachCollection as detachIn,
  relistCollection as relistIn,
  removeCollection as removeIn,
  renameCollection as renameIn,
} from '../../app/collections.ts';
import { pullRegistry } from '../../app/sync.ts';
import type { Handler } from '../ports.ts';
import { changeBetweenRounds } from './change.ts';

const collections: Handler<typeof collectionsRoute> = async (daemon, { home }) => {
  const host = daemon.host(home);
  return await host.collections.describe(host.session());
};

const readCollections: Handler<typeof readCollectionsRoute> = async (daemon, input) => {
  const host = daemon.host(input.home);
  await host.exclusive((session) => host.collections.read(session, input.collections));
  return {};
};

const addCollection: Handler<typeof addCollectionRoute> = (daemon, input) =>
  changeBetweenRounds(daemon, input.home, async (session) => {
    const added = await addIn(session, input.kind, typedFolder(input.folder), input.name);
    return { id: added.id, answer: inWords(added) };
  });

const attachCollection: Handler<typeof attachCollectionRoute> = (daemon, input) =>
  changeBetweenRounds(daemon, input.home, async (session) => {
    const { collection, folder, only } = input;
    // Another device may have made it since this one last heard of the others.
    if (!hasCollection(session, collection)) await pullRegistry(session);
    const place = folder === undefined ? undefined : typedFolder(folder);
    const { unknown, before, ...info } = await attachIn(session, collection, place, only);
    const formerly = before === undefined ? null : { only: before.only ?? null };
    return { id: info.id, answer: { ...inWords(info), unknown, before: formerly } };
  });

const detachCollection: Handler<typeof detachCollectionRoute> = (daemon, input) =>
  changeBetweenRounds(daemon, input.home, async (session) => {
    const { id } = findCollection(session, input.collection);
    return { id, answer: await detachIn(session, id) };
  });

const renameCollection: Handler<typeof renameCollectionRoute> = (daemon, input) =>
  changeBetweenRounds(daemon, input.home, async (session) => {
    const { id } = findCollection(session, input.collection);
    renameIn(session, id, input.name);
    return { id, answer: { name: input.name.trim() } };
  });

const removeCollection: Handler<typeof removeCollectionRoute> = (daemon, input) =>
  changeBetweenRounds(daemon, input.home, async (session) => {
    const { id, name } = findCollection(session, input.collection);
    removeIn(session, id);
    return { id, answer: { id, name } };
  });

const relistCollection: Handler<typeof relistCollectionRoute> = (daemon, input) =>
  changeBetweenRounds(daemon, input.home, async (session) => {
    const name = relistIn(session, input.collection);
    return { id: input.collection, answer: { name } };
  });

const look: Handler<typeof lookRoute> = async (daemon, input) => {
  const host = daemon.host(input.home);
  const { collection, folder, search, after, limit } = input;
  const query = { folder, search, after, limit, atMs: undefined, deleted: false };
  const apart = host.exclusive.bind(host);
  return await host.collections.look(host.session(), apart, collection, query);
};

const lookVersions: Handler<typeof lookVersionsRoute> = async (daemon, input) => {
  const host = daemon.host(input.home);
  return await host.collections.versions(host.session(), input.collection, input.path);
};

const lookText: Handler<typeof lookTextRoute> = async (daemon, input) => {
  const host = daemon.host(input.home);
  const { collection, path, version } = input;
  return await host.collections.text(host.session(), collection, path, version);
};

export const collectionHandlers = {
  collections,
  readCollections,
  addCollection,
  attachCollection,
  detachCollection,
  renameCollection,
  removeCollection,
  relistCollection,
  look,
  lookVersions,
  lookText,
} as const;
