using OpenTelemetry.Resources;

namespace BttProxy.Relay.Observability;

/// <summary>Who says it: the program, not the machine. An operator tells relays apart by what scrapes or receives them.</summary>
internal static class RelayResource
{
    public static void Describe(ResourceBuilder resource) => resource.AddService(
        "bttproxy-relay", serviceVersion: typeof(RelayResource).Assembly.GetName().Version?.ToString(3), autoGenerateServiceInstanceId: false);
}
