/** The frame of every page: navigation, what concerns all pages, and the page itself. */
import { CloudOff } from 'lucide-react';
import { Suspense, useState } from 'react';
import { Route, Switch, useLocation } from 'wouter';
import { useHome } from '../api/home.ts';
import type { Connection } from '../api/live.ts';
import { PAGES, SIDE_PAGES } from '../pages.ts';
import { Loading } from '../ui/states.tsx';
import { Brand } from './brand.tsx';
import { Crash } from './crash.tsx';
import { HomeChoice } from './home-choice.tsx';
import { Keyboard } from './keyboard.tsx';
import { Navigation } from './navigation.tsx';
import { NotFound } from './not-found.tsx';
import { Options } from './options.tsx';
import styles from './shell.module.css';
import { beginAtTop, useOnChange } from './use-on-change.ts';

interface ShellProps {
  readonly connection: Connection;
  readonly onChooseHome: (repository: string) => void;
}

export function Shell({ connection, onChooseHome }: ShellProps) {
  const home = useHome();
  const [isHelpOpen, setHelpOpen] = useState(false);
  return (
    <>
      <a className={styles.skip} href="#main">
        Skip to the page
      </a>
      <div className={styles.shell}>
        <header className={styles.top}>
          <Brand />
          <HomeChoice onChoose={onChooseHome} />
          <Options onHelp={() => setHelpOpen(true)} />
        </header>
        <Navigation />
        <div className={styles.content}>
          {connection === 'lost' && (
            <p className={styles.lost} role="status">
              <CloudOff aria-hidden />
              Satchel does not answer: this is how things were. The page goes on by itself.
            </p>
          )}
          <Page key={home.repository} />
        </div>
      </div>
      <Keyboard isHelpOpen={isHelpOpen} onHelpChange={setHelpOpen} />
    </>
  );
}

function Page() {
  const [location] = useLocation();
  useOnChange(location, beginAtTop);
  return (
    <main id="main" tabIndex={-1} className={styles.main}>
      <Crash key={location}>
        <Suspense fallback={<Loading rows={5} />}>
          <Switch>
            {[...PAGES, ...SIDE_PAGES].map(({ path, view }) => (
              <Route key={path} path={path} component={view} />
            ))}
            <Route component={NotFound} />
          </Switch>
        </Suspense>
      </Crash>
    </main>
  );
}
