/** What to do next, in the program's own words, which name commands: with the way on the page. */
import { Link, useLocation } from 'wouter';
import { useHomeId } from '../api/home.ts';
import { sentence } from '../words.ts';
import { wayOf } from './ways.ts';

interface HintProps {
  /** Whatever case it begins with. */
  readonly words: string;
}

export function Hint({ words }: HintProps) {
  // Without a home there are no pages to go to.
  const hasPages = useHomeId() !== undefined;
  return hasPages ? <HintWithWay words={words} /> : sentence(words);
}

/** The same where it is known that the pages are there. */
export function HintWithWay({ words }: HintProps) {
  const [location] = useLocation();
  const way = wayOf(words);
  if (way === undefined || location === way.path) return sentence(words);
  return (
    <>
      {sentence(words)} On this page: <Link href={way.path}>{way.name}</Link>
    </>
  );
}
