import { Warehouses } from '@/features/settings/Warehouses'

export default function WarehousesPage() {
  return <Warehouses />
}
