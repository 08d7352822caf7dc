import { DownloadOutlined, UploadOutlined } from '@ant-design/icons'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button } from 'antd'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { FilledSummary, Shop, ShipTemplate } from '@/lib/api/contract'
import { groupDigits } from '@/lib/format'
import { useShops } from '@/lib/lookups'
import { DataTable } from '@/ui/DataTable'
import { Empty, ErrorBox, QueryState } from '@/ui/States'
import { ChannelBadge, Tag } from '@/ui/Tag'
import { Time } from '@/ui/Time'
import { useToast } from '@/ui/Toast'
import { FilledDialog } from './FilledDialog'
import { filledUrl } from './filled'
import css from './ship.module.css'

const KEY = ['ship-templates']

/** Per shop: the channel's empty batch-ship file, remembered, and the filled one to take back. */
export function Templates() {
  const { t } = useTranslation()
  const shops = useShops().filter((s) => s.active)
  const query = useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => api.get('/ship-templates', { signal }),
  })
  return (
    <QueryState query={query}>
      {(list) => (
        <DataTable
          label={t('ship.tab_templates')}
          rows={shops.map((shop) => ({ shop, template: list.items.find((x) => x.shop_id === shop.id) }))}
          rowKey={(r) => r.shop.id}
          empty={
            <Empty title={t('ship.no_shops')}>
              <Link to="/settings/shops">{t('ship.add_shop')}</Link>
            </Empty>
          }
          columns={[
            {
              key: 'shop',
              title: t('ship.shop'),
              render: ({ shop }) => (
                <>
                  <ChannelBadge channel={shop.channel} /> {shop.name}
                </>
              ),
            },
            {
              key: 'template',
              title: t('ship.template'),
              render: ({ template }) =>
                template?.file_name ? (
                  <>
                    {template.file_name} <span className={css.muted}>{t('ship.uploaded')} </span>
                    <Time at={template.updated_at} />
                  </>
                ) : (
                  <span className={css.muted}>{t('ship.no_template')}</span>
                ),
            },
            {
              key: 'waiting',
              title: t('ship.unreported'),
              align: 'right',
              render: ({ template }) => (!template ? '\u2013' : template.unreported > 0 ? <Tag tone="amber">{groupDigits(template.unreported)}</Tag> : 0),
            },
            { key: 'act', title: '', align: 'right', render: ({ shop, template }) => <Actions shop={shop} template={template} /> },
          ]}
        />
      )}
    </QueryState>
  )
}

function Actions({ shop, template }: { shop: Shop; template: ShipTemplate | undefined }) {
  const { t } = useTranslation()
  const toast = useToast()
  const client = useQueryClient()
  const input = useRef<HTMLInputElement>(null)
  // The parcels in the file just taken: only those are marked as reported, not ones shipped meanwhile.
  const [taken, setTaken] = useState<FilledSummary | null>(null)
  const upload = useAction({
    run: (file: File, key) => {
      const form = new FormData()
      form.append('file', file, file.name)
      return api.put('/ship-templates/{shop_id}', form, { path: { shop_id: shop.id }, key })
    },
    invalidates: [KEY],
    onSuccess: () => toast.ok(t('ship.template_saved')),
  })
  const [looking, setLooking] = useState(false)
  const take = (summary: FilledSummary) => {
    setTaken(summary)
    location.assign(filledUrl(shop.id, summary.parcel_ids))
  }
  const filled = useAction({
    run: () => api.get('/ship-templates/{shop_id}/preview', { path: { shop_id: shop.id } }),
    onSuccess: take,
    onError: toast.bad,
  })
  const reported = useAction({
    run: (parcel_ids: string[], key) => api.post('/ship-templates/{shop_id}/reported', { parcel_ids }, { path: { shop_id: shop.id }, key }),
    onSuccess: () => {
      setTaken(null)
      toast.ok(t('ship.marked_reported'))
      void client.invalidateQueries({ queryKey: KEY })
    },
    onError: toast.bad,
  })
  return (
    <span className={css.actions}>
      <input
        ref={input}
        type="file"
        accept=".csv,.xlsx"
        className="visually-hidden"
        tabIndex={-1}
        aria-label={t('ship.upload_template_for', { shop: shop.name })}
        onChange={(e) => {
          const file = e.target.files?.[0]
          if (file) upload.mutate(file)
          e.target.value = ''
        }}
      />
      <Button icon={<UploadOutlined />} loading={upload.isPending} onClick={() => input.current?.click()}>
        {template?.file_name ? t('ship.replace_template') : t('ship.upload_template')}
      </Button>
      {template?.file_name ? (
        <Button disabled={template.unreported === 0} onClick={() => setLooking(true)}>
          {t('ship.preview')}
        </Button>
      ) : null}
      {template?.file_name ? (
        <Button type="primary" icon={<DownloadOutlined />} disabled={template.unreported === 0} loading={filled.isPending} onClick={() => filled.mutate(null)}>
          {t('ship.download_filled', { count: template.unreported })}
        </Button>
      ) : null}
      {taken && taken.parcel_ids.length > 0 ? (
        <Button loading={reported.isPending} onClick={() => reported.mutate(taken.parcel_ids)}>
          {t('ship.mark_reported', { count: taken.parcel_ids.length })}
        </Button>
      ) : null}
      {taken?.unknown_carriers.length ? <p className={css.warn}>{t('ship.unknown_carriers', { names: taken.unknown_carriers.join(', ') })}</p> : null}
      {taken?.left_out.length ? <p className={css.warn}>{t('ship.left_out', { count: taken.left_out.length })}</p> : null}
      {upload.error ? <ErrorBox error={upload.error} /> : null}
      {looking ? (
        <FilledDialog
          shop={shop}
          onTake={(summary) => {
            setLooking(false)
            take(summary)
          }}
          onClose={() => setLooking(false)}
        />
      ) : null}
    </span>
  )
}
