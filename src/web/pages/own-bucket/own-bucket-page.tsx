/** Taking everything to another bucket: from the one that came with the first start, or any other. */
import { CircleCheck } from 'lucide-react';
import { useLocation } from 'wouter';
import { useHome } from '../../api/home.ts';
import { useAction } from '../../api/queries.ts';
import { PageHeader } from '../../frame/page-header.tsx';
import { Actions } from '../../ui/actions.tsx';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { Progress } from '../../ui/progress.tsx';
import { Empty, Failed } from '../../ui/states.tsx';
import { countWords, sizeWords } from '../../words.ts';
import { BucketChooser, type Chosen } from '../bucket-choice/bucket-chooser.tsx';
import { Step } from '../bucket-choice/step.tsx';
import styles from './own-bucket-page.module.css';

export function OwnBucketPage() {
  const { bucket } = useHome();
  const [, navigate] = useLocation();
  return (
    <>
      <PageHeader title="Use another bucket">
        <p className={styles.words}>
          Everything is carried over, with its history, and your other devices follow. Now it is in{' '}
          <span className={styles.bucket}>{bucket}</span>.
        </p>
      </PageHeader>
      <div className={styles.steps}>
        <BucketChooser purpose="move" onBack={() => navigate('/bucket')}>
          {(chosen, onBack) => <CarryOver chosen={chosen} onBack={onBack} />}
        </BucketChooser>
      </div>
    </>
  );
}

interface CarryOverProps {
  readonly chosen: Chosen;
  readonly onBack: () => void;
}

function CarryOver({ chosen: { choice, trial }, onBack }: CarryOverProps) {
  const { transfers } = useHome();
  const { mutate, isPending, data, error } = useAction('move');
  if (data !== undefined) return <CarriedOver {...data} />;
  const [transfer] = transfers;
  return (
    <Step
      title="Carry everything over"
      words="What was written is read back before any device is told. Stopped on the way, it goes on when it is started again. The present bucket stays as it is."
    >
      <p className={styles.to}>
        To <span className={styles.bucket}>{trial.bucket}</span>
      </p>
      {isPending && (
        <Progress
          label={transfer?.step ?? 'Carrying over'}
          done={transfer?.done ?? 0}
          total={transfer?.total ?? null}
        />
      )}
      {error !== null && <Failed error={error} />}
      <Actions>
        <Button onClick={onBack} isBusy={isPending}>
          Back
        </Button>
        <Button look="main" isBusy={isPending} onClick={() => mutate(choice)}>
          {isPending ? 'Carrying over' : 'Carry everything over'}
        </Button>
      </Actions>
    </Step>
  );
}

interface CarriedOverProps {
  readonly from: string;
  readonly objects: number;
  readonly bytes: number;
}

function CarriedOver({ from, objects, bytes }: CarriedOverProps) {
  return (
    <Empty icon={CircleCheck} title="Everything is in your bucket now">
      <p>
        {countWords(objects, 'object')} copied and read back ({sizeWords(bytes)}). Your other
        devices follow with their next sync. Leave {from} as it is until each of them has.
      </p>
      <p className={styles.onward}>
        <ButtonLink href="/" look="main">
          To the overview
        </ButtonLink>
      </p>
    </Empty>
  );
}
