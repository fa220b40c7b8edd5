namespace BttProxy.Relay.Doctor;

/// <param name="Url">What was asked.</param>
/// <param name="Healthy">It answered with a status from 200 to 299.</param>
/// <param name="Status">Null when nothing answered.</param>
/// <param name="Said">The first line of the answer, or why there is none.</param>
internal sealed record RemoteAnswer(Uri Url, bool Healthy, int? Status, string Said);
