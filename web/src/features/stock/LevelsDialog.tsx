import { Button, InputNumber, Modal } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { Balance } from '@/lib/api/contract'
import { ErrorBox } from '@/ui/States'
import { useToast } from '@/ui/Toast'
import css from './stock.module.css'

const LEVELS = ['safety', 'backorder'] as const

/** When stock counts as low, and how much may be sold before it arrives. */
export function LevelsDialog({ balance, onClose }: { balance: Balance; onClose: () => void }) {
  const { t } = useTranslation()
  const toast = useToast()
  const [levels, setLevels] = useState<Record<(typeof LEVELS)[number], number | null>>({ safety: balance.safety, backorder: balance.backorder })
  const { safety, backorder } = levels
  const save = useAction({
    run: (body: { safety: number; backorder: number }, key) => api.post('/stock/levels', { ...body, sku_id: balance.sku_id, warehouse_id: balance.warehouse_id }, { key }),
    invalidates: [['stock'], ['orders'], ['home']],
    onSuccess: () => {
      toast.ok(t('stock.levels_saved'))
      onClose()
    },
  })
  return (
    <Modal
      open
      title={t('stock.levels_title', { code: balance.sku_code, warehouse: balance.warehouse_name })}
      onCancel={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button type="primary" disabled={safety === null || backorder === null || (safety === balance.safety && backorder === balance.backorder)} loading={save.isPending} onClick={() => safety !== null && backorder !== null && save.mutate({ safety, backorder })}>
            {t('common.save')}
          </Button>
        </>
      }
    >
      <div className={css.form}>
        {LEVELS.map((key) => (
          <label key={key} className={css.field}>
            <span>{t(`stock.${key}`)}</span>
            <InputNumber min={0} precision={0} value={levels[key]} onChange={(n) => setLevels({ ...levels, [key]: n })} style={{ width: 160 }} />
            <small>{t(`stock.level_hint.${key}`)}</small>
          </label>
        ))}
        {save.error ? <ErrorBox error={save.error} /> : null}
      </div>
    </Modal>
  )
}
