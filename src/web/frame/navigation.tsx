/** The way to the pages: a column beside them, or a bar below them on a phone. */
import { Ellipsis } from 'lucide-react';
import { Link, useLocation } from 'wouter';
import { useHome } from '../api/home.ts';
import { PAGES, type Page, SIDE_PAGES } from '../pages.ts';
import { classes } from '../ui/classes.ts';
import { Menu, MenuItem } from '../ui/menu.tsx';
import { waitingIn } from '../waiting.ts';
import { numberWords } from '../words.ts';
import styles from './navigation.module.css';

/** As many as a phone's width holds; the others are behind "More" there. */
const ON_PHONE = PAGES.length > 5 ? 4 : PAGES.length;

export function Navigation() {
  const [location, navigate] = useLocation();
  const rest = PAGES.slice(ON_PHONE);
  const here = PAGES.find(({ path }) => isBelow(placeOf(location), path));
  return (
    <nav className={styles.navigation} aria-label="Pages">
      <ul className={styles.list}>
        {PAGES.map((page, index) => (
          <li key={page.path} className={classes(index >= ON_PHONE && styles.rest)}>
            <PageLink page={page} isHere={page === here} />
          </li>
        ))}
        {rest.length > 0 && (
          <li className={styles.more}>
            <Menu
              trigger={
                <button
                  type="button"
                  className={classes(
                    styles.link,
                    here !== undefined && rest.includes(here) && styles.here,
                  )}
                >
                  <Ellipsis className={styles.icon} aria-hidden />
                  More
                </button>
              }
            >
              {rest.map(({ path, name, icon }) => (
                <MenuItem key={path} icon={icon} onSelect={() => navigate(path)}>
                  {name}
                </MenuItem>
              ))}
            </Menu>
          </li>
        )}
      </ul>
    </nav>
  );
}

interface PageLinkProps {
  readonly page: Page;
  readonly isHere: boolean;
}

function PageLink({ page: { path, name, icon: Icon, counts }, isHere }: PageLinkProps) {
  const home = useHome();
  const count = counts === undefined ? 0 : waitingIn(home)[counts];
  return (
    <Link href={path} className={styles.link} aria-current={isHere ? 'page' : undefined}>
      <Icon className={styles.icon} aria-hidden />
      {name}
      {count > 0 && <span className={styles.count}>{numberWords(count)}</span>}
    </Link>
  );
}

/** A page that the navigation does not name counts as the one that it belongs to. */
function placeOf(location: string): string {
  return SIDE_PAGES.find(({ path }) => path === location)?.of ?? location;
}

/** A page stays the current one where it shows something below its path. */
function isBelow(location: string, path: string): boolean {
  return location === path || (path !== '/' && location.startsWith(`${path}/`));
}
