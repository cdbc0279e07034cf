/** What rules that are being written would do: told while they are written, and before they are kept. */
import { useEffect, useState } from 'react';
import { useAnswer } from '../../api/queries.ts';
import { after } from '../../clock.ts';
import { Failed, Loading } from '../../ui/states.tsx';
import { countWords } from '../../words.ts';
import { carriedWords, changeWords, type Preview, someWords } from './preview-words.ts';
import styles from './rules-preview.module.css';

/** The folder is looked through for it: not at every letter. */
const QUIET_MS = 400;
const SHOWN_PATHS = 12;

interface RulesPreviewProps {
  readonly collection: string;
  readonly rules: string;
}

export function RulesPreview({ collection, rules }: RulesPreviewProps) {
  const [asked, setAsked] = useState(rules);
  useEffect(() => after(QUIET_MS, () => setAsked(rules)), [rules]);
  const input = { collection, rules: asked };
  const { data, error, refetch, isFetching } = useAnswer('ignorePreview', input, {
    keepsPrevious: true,
  });
  const isOld = isFetching || asked !== rules;
  return (
    <section className={styles.preview} aria-label="What the rules mean" aria-busy={isOld}>
      {error !== null ? (
        <Failed error={error} onRetry={() => void refetch()} />
      ) : data === undefined ? (
        <Loading />
      ) : (
        <Findings preview={data} />
      )}
    </section>
  );
}

function Findings({ preview }: { readonly preview: Preview }) {
  const { leaving, joining, out, problems } = preview;
  const changes = changeWords(preview);
  const carried = carriedWords(preview);
  return (
    <>
      <div className={styles.changes} role="status">
        {changes.length === 0 && <p>These rules change nothing.</p>}
        {changes.map((words) => (
          <p key={words}>{words}.</p>
        ))}
        {carried !== undefined && <p>{carried}</p>}
      </div>
      {problems.map(({ line, message }) => (
        <p key={line} className={styles.problem}>
          Line {line} matches nothing: {message}.
        </p>
      ))}
      <Paths title="Not carried any more" paths={leaving.paths} count={leaving.files} />
      <Paths title="Carried from now on" paths={joining.paths} count={joining.files} />
      <Paths
        title={`Left out: ${countWords(out.count, 'item')}`}
        paths={out.paths}
        count={out.count}
      />
    </>
  );
}

interface PathsProps {
  readonly title: string;
  readonly paths: readonly string[];
  readonly count: number;
}

function Paths({ title, paths, count }: PathsProps) {
  if (count === 0) return null;
  return (
    <div>
      <h3>{title}</h3>
      <ul className={styles.paths}>
        {someWords(paths, count, SHOWN_PATHS).map((path) => (
          <li key={path}>{path}</li>
        ))}
      </ul>
    </div>
  );
}
