/** What happened: on all devices, and in the log of this one. */
import { Card } from '../../ui/card.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { Log } from './log.tsx';
import { Timeline } from './timeline.tsx';

export function Happenings() {
  return (
    <Card title="What happened">
      <Tabs
        label="What happened"
        tabs={[
          { id: 'activity', title: 'On all devices', content: <Timeline /> },
          { id: 'log', title: 'Log of this device', content: <Log /> },
        ]}
      />
    </Card>
  );
}
