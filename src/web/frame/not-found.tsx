/** An address that leads nowhere. */
import { Compass } from 'lucide-react';
import { Link } from 'wouter';
import { Empty } from '../ui/states.tsx';
import { PageHeader } from './page-header.tsx';

export function NotFound() {
  return (
    <>
      <PageHeader title="Not found" />
      <Empty icon={Compass} title="There is no page at this address">
        <Link href="/">To the overview</Link>
      </Empty>
    </>
  );
}
