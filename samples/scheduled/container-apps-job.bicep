// Every night in Azure Container Apps: a job with its own identity, a file share for reports and store.
// az deployment group create --resource-group s2sguard --template-file container-apps-job.bicep --parameters image=IMAGE managementGroup=partners
targetScope = 'resourceGroup'

@description('Image of samples/pipeline/docker/Dockerfile built with EXTRAS=[azure,store], in a registry that the job can read.')
param image string

@description('Management group to scan. The job identity needs the role of `s2sguard collect --print-role` on it, see README.md.')
param managementGroup string

@description('URL of a PostgreSQL store, for trends and `s2sguard diff`; empty keeps no runs. SQLite does not work on a file share.')
@secure()
param storeUrl string = ''

param location string = resourceGroup().location
param name string = 's2sguard'

@description('When, in UTC.')
param schedule string = '17 2 * * *'

var shareName = 's2sguard'
var storageName = take('s2s${uniqueString(resourceGroup().id)}', 24)

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: name
  location: location
}

resource storage 'Microsoft.Storage/storageAccounts@2023-05-01' = {
  name: storageName
  location: location
  kind: 'StorageV2'
  sku: { name: 'Standard_LRS' }
  properties: {
    minimumTlsVersion: 'TLS1_2'
    allowBlobPublicAccess: false
    supportsHttpsTrafficOnly: true
  }
}

resource shares 'Microsoft.Storage/storageAccounts/fileServices@2023-05-01' = {
  parent: storage
  name: 'default'
}

resource share 'Microsoft.Storage/storageAccounts/fileServices/shares@2023-05-01' = {
  parent: shares
  name: shareName
  properties: { shareQuota: 5 }
}

resource logs 'Microsoft.OperationalInsights/workspaces@2023-09-01' = {
  name: name
  location: location
  properties: {
    retentionInDays: 90
    sku: { name: 'PerGB2018' }
  }
}

resource environment 'Microsoft.App/managedEnvironments@2024-03-01' = {
  name: name
  location: location
  properties: {
    appLogsConfiguration: {
      destination: 'log-analytics'
      logAnalyticsConfiguration: {
        customerId: logs.properties.customerId
        sharedKey: logs.listKeys().primarySharedKey
      }
    }
  }
}

resource mount 'Microsoft.App/managedEnvironments/storages@2024-03-01' = {
  parent: environment
  name: shareName
  properties: {
    azureFile: {
      accountName: storage.name
      accountKey: storage.listKeys().keys[0].value
      shareName: shareName
      accessMode: 'ReadWrite'
    }
  }
  dependsOn: [share]
}

resource job 'Microsoft.App/jobs@2024-03-01' = {
  name: name
  location: location
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identity.id}': {} }
  }
  properties: {
    environmentId: environment.id
    configuration: {
      triggerType: 'Schedule'
      scheduleTriggerConfig: {
        cronExpression: schedule
        parallelism: 1
        replicaCompletionCount: 1
      }
      replicaTimeout: 14400
      // An exit code is an answer; only a replica that was taken away is started again by the platform.
      replicaRetryLimit: 0
      secrets: empty(storeUrl) ? [] : [{ name: 'store-url', value: storeUrl }]
    }
    template: {
      containers: [
        {
          name: name
          image: image
          command: ['/bin/sh', '/opt/s2sguard/nightly.sh']
          env: [
            { name: 'NIGHTLY_SCOPE', value: '--management-group ${managementGroup}' }
            { name: 'NIGHTLY_OUT', value: '/data' }
            { name: 'NIGHTLY_CHECKPOINT', value: '/tmp/checkpoint.sqlite' }
            { name: 'AZURE_CLIENT_ID', value: identity.properties.clientId }
            empty(storeUrl) ? { name: 'NIGHTLY_STORE', value: 'none' } : { name: 'NIGHTLY_STORE', secretRef: 'store-url' }
          ]
          resources: {
            cpu: json('1.0')
            memory: '2Gi'
          }
          volumeMounts: [
            { volumeName: 'data', mountPath: '/data' }
          ]
        }
      ]
      volumes: [
        { name: 'data', storageType: 'AzureFile', storageName: mount.name }
      ]
    }
  }
}

output principalId string = identity.properties.principalId
