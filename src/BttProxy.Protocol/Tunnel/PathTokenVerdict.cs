namespace BttProxy.Protocol.Tunnel;

/// <summary>What a first path segment is. Everything but <see cref="Valid"/> must look like the site's own 404.</summary>
public enum PathTokenVerdict : byte
{
    Valid = 0,

    /// <summary>Not 43 characters of canonical base64url: not meant for us.</summary>
    NotAToken = 1,

    /// <summary>Made with another key, or outside the accepted periods.</summary>
    WrongKeyOrPeriod = 2,
}
