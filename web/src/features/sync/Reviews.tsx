import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button, Input, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { ChannelReview, Effect } from '@/lib/api/contract'
import { defined } from '@/lib/defined'
import { useCan } from '@/lib/session'
import { DataTable } from '@/ui/DataTable'
import { Field } from '@/ui/Field'
import { FormDialog } from '@/ui/FormDialog'
import { Page, Panel } from '@/ui/Page'
import { Empty, ErrorBox, Skeleton } from '@/ui/States'
import { Tag } from '@/ui/Tag'
import { Time } from '@/ui/Time'
import { useToast } from '@/ui/Toast'
import css from './sync.module.css'

const DAYS = [7, 14, 31] as const
const WHICH = ['all', 'unanswered', 'bad'] as const
type Which = (typeof WHICH)[number]

/** Buyers' reviews as the channel has them now, each with its answer or the way to give one. */
export function Reviews({ shopId }: { shopId: string }) {
  const { t } = useTranslation()
  const [days, setDays] = useState<number>(DAYS[0])
  const [which, setWhich] = useState<Which>('all')
  const [answering, setAnswering] = useState<ChannelReview | null>(null)
  const may = useCan()('review.reply')
  // The range stands while its pages are read: a cursor belongs to one question.
  const [range, setRange] = useState(() => rangeOf(DAYS[0], Date.now()))
  const period = (n: number) => {
    setDays(n)
    setRange(rangeOf(n, Date.now()))
  }
  const list = useInfiniteQuery({
    queryKey: ['sync', 'reviews', shopId, range],
    queryFn: ({ pageParam, signal }) => api.get('/shops/{id}/reviews', { path: { id: shopId }, query: { ...range, limit: 100, cursor: pageParam }, signal }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor || undefined,
    enabled: may,
  })
  const told = useQuery({
    queryKey: ['effects', shopId, 'reviews'],
    queryFn: ({ signal }) => api.get('/channel-effects', { query: { shop_id: shopId, limit: 100 }, signal }).then((l) => l.items.filter((e) => e.kind === 'reply_review')),
    enabled: may,
    refetchInterval: 15_000,
  }).data
  const rows = (list.data?.pages.flatMap((p) => p.items) ?? []).filter((r) => shows(which, r))
  return (
    <Page
      title={t('sync.tab.reviews')}
      hint={t('sync.reviews_hint')}
      actions={
        <span className={css.row}>
          <Select aria-label={t('sync.review_which')} value={which} onChange={setWhich} options={WHICH.map((value) => ({ value, label: t(`sync.review_${value}`) }))} popupMatchSelectWidth={false} />
          <Select aria-label={t('sync.review_days')} value={days} onChange={period} options={DAYS.map((n) => ({ value: n, label: t('sync.last_days', { n }) }))} popupMatchSelectWidth={false} />
        </span>
      }
    >
      <Panel flush>
        {list.error ? <ErrorBox error={list.error} onRetry={() => void list.refetch()} /> : null}
        {list.isPending && may ? <Skeleton /> : null}
        {list.data ? (
          <DataTable
            label={t('sync.tab.reviews')}
            rows={rows}
            rowKey={(r) => r.no}
            empty={<Empty title={t('sync.no_reviews')} />}
            columns={[
              { key: 'score', title: t('sync.score'), render: (r) => (r.score ? <Tag tone={r.score <= 3 ? 'red' : 'green'}>{t('sync.stars', { n: r.score })}</Tag> : '\u2013') },
              {
                key: 'text',
                title: t('sync.review_text'),
                render: (r) => (
                  <span className={css.lines}>
                    <span>{r.text || '\u2013'}</span>
                    {r.reply ? <span className={css.muted}>{t('sync.replied', { text: r.reply })}</span> : null}
                  </span>
                ),
              },
              {
                key: 'order',
                title: t('sync.order_no'),
                render: (r) =>
                  r.order_no ? (
                    <Link to="/orders" search={{ numbers: r.order_no }}>
                      {r.order_no}
                    </Link>
                  ) : (
                    '\u2013'
                  ),
              },
              { key: 'at', title: t('sync.written_at'), render: (r) => <Time at={r.created_at} /> },
              {
                key: 'act',
                title: t('sync.reply'),
                align: 'right',
                render: (r) => {
                  const answer = replyOf(r, told)
                  if (answer) return <Tag tone="blue">{t(`effects.state.${answer.state}`)}</Tag>
                  return r.reply ? <Tag tone="green">{t('sync.answered')}</Tag> : <Button onClick={() => setAnswering(r)}>{t('sync.reply')}</Button>
                },
              },
            ]}
          />
        ) : null}
        {list.hasNextPage ? (
          <div className={css.more}>
            <Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
              {t('common.more')}
            </Button>
          </div>
        ) : null}
      </Panel>
      {answering ? <ReplyDialog shopId={shopId} review={answering} onClose={() => setAnswering(null)} /> : null}
    </Page>
  )
}

/** The last whole days up to this minute, as the server takes them. */
export function rangeOf(days: number, now: number): { from: string; to: string } {
  const to = Math.ceil(now / 60_000) * 60_000
  return { from: new Date(to - days * 86_400_000).toISOString(), to: new Date(to).toISOString() }
}

/** Bad is three stars or fewer; a channel without stars has no bad ones. */
export function shows(which: Which, r: ChannelReview): boolean {
  if (which === 'unanswered') return !r.reply
  return which !== 'bad' || (r.score > 0 && r.score <= 3)
}

/** The answer that is on its way, or went out and is not yet in the channel's list. */
export function replyOf(r: ChannelReview, told: Effect[] | undefined): Effect | undefined {
  return r.reply ? undefined : told?.find((e) => e.channel_no === r.no && e.state !== 'refused' && e.state !== 'dropped')
}

function ReplyDialog({ shopId, review, onClose }: { shopId: string; review: ChannelReview; onClose: () => void }) {
  const { t } = useTranslation()
  const toast = useToast()
  const [text, setText] = useState('')
  const save = useAction({
    run: (body: object, key) => api.post('/shops/{id}/reviews/{no}/reply', body, { path: { id: shopId, no: review.no }, key }),
    invalidates: [['effects']],
    onSuccess: () => {
      toast.ok(t('sync.reply_asked'))
      onClose()
    },
  })
  return (
    <FormDialog
      title={t('sync.reply_title', { no: review.order_no || review.no })}
      action={t('sync.reply_action')}
      valid={text.trim() !== ''}
      saving={save.isPending}
      error={save.error}
      onSave={() => save.mutate(defined({ order_no: review.order_no || undefined, line_no: review.line_no || undefined, item_no: review.item_no || undefined, text: text.trim() }))}
      onClose={onClose}
    >
      <p>{review.text}</p>
      <Field label={t('sync.reply')} hint={t('sync.reply_hint')}>
        <Input.TextArea rows={4} maxLength={500} autoFocus aria-label={t('sync.reply')} value={text} onChange={(e) => setText(e.target.value)} />
      </Field>
    </FormDialog>
  )
}
