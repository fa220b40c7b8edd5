namespace BttProxy.Relay.Configuration.Schema;

internal enum PathKind
{
    File,
    Directory,
}
