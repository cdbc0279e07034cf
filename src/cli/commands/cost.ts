import type { MonthCost, MonthlyCosts } from '../../app/cost.ts';
import type { CostOfMonths } from '../../app/cost-outlook.ts';
import { type CommandModule, GROUPS } from '../command.ts';
import { formatSize } from '../format.ts';
import type { Terminal } from '../terminal.ts';

export const costCommand: CommandModule = {
  name: 'cost',
  register(program, context) {
    program
      .command('cost')
      .summary('what the bucket was asked, and what that costs')
      .description(
        'Shows how often this device asked the bucket in each month, and what that costs by the ' +
          "provider's list prices. Other devices count their own requests.",
      )
      .helpGroup(GROUPS.lookAfter)
      .option('--storage', 'also look up how much is stored, which lists the whole bucket')
      .action(async ({ storage }: { storage?: boolean }) => {
        const [{ readCost }, { readCostOfMonths }, { reading }] = await Promise.all([
          import('../../app/cost.ts'),
          import('../../app/cost-outlook.ts'),
          import('../session.ts'),
        ]);
        const { report, outlook } = await reading(context, async (session) => ({
          report: await readCost(session, { storage: storage === true }),
          outlook: await readCostOfMonths(session),
        }));
        const { forecast, cap, slowedBy } = outlook;
        context.terminal.json({ ...document(report), forecast, cap, slowedBy });
        print(context.terminal, report);
        for (const words of outlookWords(outlook)) context.terminal.print(words);
      });
  },
};

/** Undefined is nothing that JSON can say. */
function document({ provider, storedBytes, months }: MonthlyCosts) {
  return {
    provider: provider ?? null,
    storedBytes: storedBytes ?? null,
    months: months.map(({ month, counts, cost }) => ({ month, ...counts, cost: cost ?? null })),
  };
}

function print(terminal: Terminal, { provider, storedBytes, months }: MonthlyCosts): void {
  if (months.length === 0) {
    terminal.print('This device has not asked the bucket for anything yet.');
    return;
  }
  terminal.table(months, [
    { header: 'Month', cell: ({ month }) => month },
    { header: 'Reads', cell: ({ counts }) => String(counts.get), align: 'right' },
    { header: 'Writes', cell: ({ counts }) => String(counts.put), align: 'right' },
    { header: 'Lists', cell: ({ counts }) => String(counts.list), align: 'right' },
    { header: 'Deletes', cell: ({ counts }) => String(counts.delete), align: 'right' },
    { header: 'Up', cell: ({ counts }) => formatSize(counts.bytesUp), align: 'right' },
    { header: 'Down', cell: ({ counts }) => formatSize(counts.bytesDown), align: 'right' },
    { header: 'Cost', cell: (month) => total(month), align: 'right' },
  ]);
  if (storedBytes !== undefined) terminal.print(`In the bucket: ${formatSize(storedBytes)}.`);
  printItems(terminal, months[0]);
  terminal.note(priceWords(provider, months[0], storedBytes));
}

/** Where the month is heading, and what the cap does about it; nothing without prices. */
export function outlookWords({
  currency,
  forecast,
  cap,
  slowedBy,
}: Pick<CostOfMonths, 'currency' | 'forecast' | 'cap' | 'slowedBy'>): readonly string[] {
  if (currency === null) return [];
  const heading =
    forecast === null ? [] : [`This month is heading for ${money(forecast)} ${currency}.`];
  if (cap === null) return heading;
  const times = slowedBy < 10 ? slowedBy.toFixed(1) : slowedBy.toFixed(0);
  const effect =
    slowedBy < NOTABLY_SLOWED
      ? 'polls are as often as they are set to'
      : `polls wait ${times} times as long, and saves leave at once`;
  return [...heading, `To stay below ${cap} ${currency}: ${effect}.`];
}

/** Less than this nobody would notice. */
const NOTABLY_SLOWED = 1.05;

function total({ cost }: MonthCost): string {
  return cost === undefined ? '-' : `${money(cost.total)} ${cost.currency}`;
}

function printItems(terminal: Terminal, month: MonthCost | undefined): void {
  if (month?.cost === undefined) return;
  for (const { what, quantity, unit, amount } of month.cost.items) {
    const rounded = unit === 'requests' ? String(quantity) : quantity.toFixed(3);
    terminal.print(`  ${what}: ${rounded} ${unit}, ${money(amount)} ${month.cost.currency}`);
  }
}

function priceWords(
  provider: MonthlyCosts['provider'],
  month: MonthCost | undefined,
  storedBytes: number | undefined,
): string {
  if (provider === undefined) return 'The provider of this bucket is not known, nor its prices.';
  if (provider.isOwn) return `${provider.name}: nobody bills for requests.`;
  if (month?.cost === undefined) return `The prices of ${provider.name} are not known here.`;
  const storage = storedBytes === undefined ? '; with --storage also what is stored' : '';
  return `By list prices of ${provider.name} as of ${month.cost.asOf}, an estimate${storage}.`;
}

/** Fractions of a cent count here; what is less than a hundredth of one does not. */
function money(amount: number): string {
  if (amount === 0) return '0';
  return amount < 0.0001 ? 'under 0.0001' : amount.toFixed(4);
}
