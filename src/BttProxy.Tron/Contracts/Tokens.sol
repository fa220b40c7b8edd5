// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBttChannels} from "./IBttChannels.sol";
import {Reasons} from "./Reasons.sol";

interface ITrc20 {
    function balanceOf(address owner) external view returns (uint256);
    function transfer(address to, uint256 amount) external returns (bool);
    function transferFrom(address from, address to, uint256 amount) external returns (bool);
}

/// @notice Moves tokens and believes balances only: some tokens return nothing, TRON's USDT returns false on success, others take a fee.
library Tokens {
    function take(address token, address from, uint256 amount) internal {
        uint256 before = balance(token);
        perform(token, abi.encodeCall(ITrc20.transferFrom, (from, address(this), amount)));
        uint256 afterwards = balance(token);
        if (afterwards < before || afterwards - before != amount) revert IBttChannels.Rejected(Reasons.TOKEN_REFUSED);
    }

    function send(address token, address to, uint256 amount) internal {
        uint256 before = balance(token);
        perform(token, abi.encodeCall(ITrc20.transfer, (to, amount)));
        uint256 afterwards = balance(token);
        if (before < afterwards || before - afterwards != amount) revert IBttChannels.Rejected(Reasons.TOKEN_REFUSED);
    }

    function perform(address token, bytes memory data) private {
        (bool success,) = token.call(data);
        if (!success) revert IBttChannels.Rejected(Reasons.TOKEN_REFUSED);
    }

    /// @dev An address without code answers with success and nothing.
    function balance(address token) private view returns (uint256) {
        (bool success, bytes memory answer) = token.staticcall(abi.encodeCall(ITrc20.balanceOf, (address(this))));
        if (!success || answer.length < 32) revert IBttChannels.Rejected(Reasons.TOKEN_REFUSED);
        return abi.decode(answer, (uint256));
    }
}
