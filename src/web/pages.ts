/** The pages, in the order of the navigation. A page is one folder in pages/ and one line here. */
import type { LucideIcon } from 'lucide-react';
import {
  Database,
  Gauge,
  GitMerge,
  History,
  House,
  KeyRound,
  Library,
  MonitorSmartphone,
  Settings,
  ShieldQuestion,
} from 'lucide-react';
import type { ComponentType } from 'react';
import { later } from './later.ts';
import { OverviewPage } from './pages/overview/overview-page.tsx';
import type { Waiting } from './waiting.ts';

export interface Page {
  readonly path: string;
  readonly name: string;
  /** Opens it after `g`. */
  readonly key: string;
  readonly icon: LucideIcon;
  /** Lazy where it is not the first page, so that the first one is there soon. */
  readonly view: ComponentType;
  /** What the number beside its name counts. */
  readonly counts?: keyof Waiting;
}

export const PAGES: readonly Page[] = [
  { path: '/', name: 'Overview', key: 'o', icon: House, view: OverviewPage },
  {
    path: '/conflicts',
    name: 'Conflicts',
    key: 'c',
    icon: GitMerge,
    view: later(async () => (await import('./pages/conflicts/conflicts-page.tsx')).ConflictsPage),
    counts: 'conflicts',
  },
  {
    path: '/held',
    name: 'Held',
    key: 'h',
    icon: ShieldQuestion,
    view: later(async () => (await import('./pages/held/held-page.tsx')).HeldPage),
    counts: 'held',
  },
  {
    path: '/time',
    name: 'Time',
    key: 't',
    icon: History,
    view: later(async () => (await import('./pages/time/time-page.tsx')).TimePage),
  },
  {
    path: '/collections',
    name: 'Collections',
    key: 'l',
    icon: Library,
    view: later(
      async () => (await import('./pages/collections/collections-page.tsx')).CollectionsPage,
    ),
  },
  {
    path: '/bucket',
    name: 'Bucket',
    key: 'b',
    icon: Database,
    view: later(async () => (await import('./pages/bucket/bucket-page.tsx')).BucketPage),
  },
  {
    path: '/performance',
    name: 'Performance',
    key: 'p',
    icon: Gauge,
    view: later(
      async () => (await import('./pages/performance/performance-page.tsx')).PerformancePage,
    ),
  },
  {
    path: '/devices',
    name: 'Devices',
    key: 'd',
    icon: MonitorSmartphone,
    view: later(async () => (await import('./pages/devices/devices-page.tsx')).DevicesPage),
  },
  {
    path: '/keys',
    name: 'Keys',
    key: 'k',
    icon: KeyRound,
    view: later(async () => (await import('./pages/keys/keys-page.tsx')).KeysPage),
  },
  {
    path: '/settings',
    name: 'Settings',
    key: 's',
    icon: Settings,
    view: later(async () => (await import('./pages/settings/settings-page.tsx')).SettingsPage),
  },
];

/** A page that another leads to, and the navigation does not name. */
interface SidePage extends Pick<Page, 'path' | 'view'> {
  /** The path of the page that it belongs to. */
  readonly of: string;
}

export const SIDE_PAGES: readonly SidePage[] = [
  {
    path: '/link',
    of: '/devices',
    view: later(async () => (await import('./pages/link/link-page.tsx')).LinkPage),
  },
  {
    path: '/own-bucket',
    of: '/bucket',
    view: later(async () => (await import('./pages/own-bucket/own-bucket-page.tsx')).OwnBucketPage),
  },
];
